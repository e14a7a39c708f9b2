//! The commands of a TPM, each with what it needs. Whatever is loaded is flushed again, also when a command fails.

use lightcone_attest::tpm2::Credential;
use tss_esapi::abstraction::{AsymmetricAlgorithmSelection, ek};
use tss_esapi::constants::SessionType;
use tss_esapi::handles::{AuthHandle, KeyHandle, SessionHandle};
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::interface_types::key_bits::RsaKeyBits;
use tss_esapi::interface_types::resource_handles::Hierarchy;
use tss_esapi::interface_types::session_handles::{AuthSession, PolicySession};
use tss_esapi::structures::{
    AttestInfo, Data, EncryptedSecret, IdObject, PcrSelectionList, Public, PublicBuffer, SignatureScheme,
    SymmetricDefinition,
};
use tss_esapi::traits::Marshall as _;
use tss_esapi::{Context, Error, Result, WrapperErrorKind};

use super::templates;

/// An empty password: what keys and hierarchies here have.
const PASSWORD: Option<AuthSession> = Some(AuthSession::Password);
/// The bytes of the size before a TPM's buffer.
const SIZE_BYTES: usize = 2;

/// A quote as the TPM gave it.
#[derive(Debug)]
pub(super) struct Quoted {
    /// A `TPMS_ATTEST`.
    pub(super) attest: Vec<u8>,
    /// A `TPMT_SIGNATURE`.
    pub(super) signature: Vec<u8>,
    /// The attestation key's `TPM2B_PUBLIC`.
    pub(super) ak_public: Vec<u8>,
    /// The digest of the registers in it.
    pub(super) digest: Vec<u8>,
}

/// `TPM2_Quote` by the attestation key.
pub(super) fn quote(context: &mut Context, nonce: &[u8; 32], selection: &PcrSelectionList) -> Result<Quoted> {
    let nonce = Data::try_from(nonce.as_slice())?;
    with_attestation_key(context, |context, key, public| {
        let (attest, signature) = context.execute_with_session(PASSWORD, |context| {
            context.quote(key, nonce, SignatureScheme::Null, selection.clone())
        })?;
        let AttestInfo::Quote { info } = attest.attested() else {
            return Err(Error::WrapperError(WrapperErrorKind::WrongValueFromTpm));
        };
        Ok(Quoted {
            digest: info.pcr_digest().to_vec(),
            attest: attest.marshall()?,
            signature: signature.marshall()?,
            ak_public: PublicBuffer::try_from(public)?.marshall()?,
        })
    })
}

/// `TPM2_PCR_Read`: the values of at most eight registers, of fewer where the bank is off.
pub(super) fn registers(context: &mut Context, selection: PcrSelectionList) -> Result<Vec<[u8; 32]>> {
    let (_, _, digests) = context.execute_without_session(|context| context.pcr_read(selection))?;
    let wrong = |_| Error::WrapperError(WrapperErrorKind::WrongValueFromTpm);
    digests.value().iter().map(|digest| digest.value().try_into().map_err(wrong)).collect()
}

/// `TPM2_ActivateCredential` with the attestation key and the RSA endorsement key.
pub(super) fn activate(context: &mut Context, credential: &Credential) -> Result<Vec<u8>> {
    let blob = IdObject::try_from(unsized_bytes(&credential.blob)?)?;
    let secret = EncryptedSecret::try_from(unsized_bytes(&credential.encrypted_secret)?)?;
    with_attestation_key(context, |context, attestation_key, _| {
        let rsa = AsymmetricAlgorithmSelection::Rsa(RsaKeyBits::Rsa2048);
        let template = ek::create_ek_public_from_default_template_2(rsa, None)?;
        with_primary(context, template, |context, endorsement_key, _| {
            with_endorsement_policy(context, |context, policy| {
                let sessions = (PASSWORD, Some(policy), None);
                let opened = context.execute_with_sessions(sessions, |context| {
                    context.activate_credential(attestation_key, endorsement_key, blob, secret)
                })?;
                Ok(opened.value().to_vec())
            })
        })
    })
}

fn with_attestation_key<T>(
    context: &mut Context,
    work: impl FnOnce(&mut Context, KeyHandle, Public) -> Result<T>,
) -> Result<T> {
    with_primary(context, templates::attestation_key()?, work)
}

/// Makes a key in the endorsement hierarchy, for as long as `work` takes.
fn with_primary<T>(
    context: &mut Context,
    template: Public,
    work: impl FnOnce(&mut Context, KeyHandle, Public) -> Result<T>,
) -> Result<T> {
    let made = context.execute_with_session(PASSWORD, |context| {
        context.create_primary(Hierarchy::Endorsement, template, None, None, None, None)
    })?;
    context.execute_with_temporary_object(made.key_handle.into(), |context, _| {
        work(context, made.key_handle, made.out_public)
    })
}

/// Opens a session that the default endorsement keys' policy is content with: whoever may use the hierarchy may use them.
fn with_endorsement_policy<T>(
    context: &mut Context,
    work: impl FnOnce(&mut Context, AuthSession) -> Result<T>,
) -> Result<T> {
    let (policy, cipher, hash) =
        (SessionType::Policy, SymmetricDefinition::AES_128_CFB, HashingAlgorithm::Sha256);
    let session = context.execute_without_session(|context| {
        context.start_auth_session(None, None, None, policy, cipher, hash)
    })?;
    let session = session.ok_or(Error::WrapperError(WrapperErrorKind::WrongValueFromTpm))?;
    context.execute_with_temporary_object(SessionHandle::from(session).into(), |context, _| {
        let policy = PolicySession::try_from(session)?;
        context.execute_with_session(PASSWORD, |context| {
            let (nonce, parameters, reference) = Default::default();
            context.policy_secret(policy, AuthHandle::Endorsement, nonce, parameters, reference, None)
        })?;
        work(context, session)
    })
}

/// The bytes of a buffer that begins with their size, as the library wants them.
fn unsized_bytes(buffer: &[u8]) -> Result<Vec<u8>> {
    let bytes = buffer.get(SIZE_BYTES..);
    bytes.map(<[u8]>::to_vec).ok_or(Error::WrapperError(WrapperErrorKind::WrongParamSize))
}
